#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Puts Debian 13's CBMC into a folder, with the libraries and the loader it was linked against, for a Debian 12, which has
# none.  Asks the mirror that this machine's own package sources name, checks signatures as apt does, changes nothing
# outside of the folder.  Then FOLDER/cbmc runs it.
set -eu

if [ $# != 1 ]; then
	echo "usage: $0 FOLDER" >&2
	exit 2
fi
folder=$(realpath -m "$1")
release=trixie
packages="cbmc minisat libc6 libstdc++6 libgcc-s1 zlib1g"

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' | head -n 1)
[ -n "$mirror" ] || {
	echo "cbmc: apt knows no mirror of Debian: run apt-get update once" >&2
	exit 1
}
keys=/usr/share/keyrings/debian-archive-keyring.gpg
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/state" "$state/packages"
echo "deb [signed-by=$keys] $mirror $release main" > "$state/sources.list"
cat > "$state/apt.conf" <<END
Dir::State "$state/state";
Dir::State::lists "$state/lists";
Dir::State::status "/dev/null";
Dir::Cache "$state/cache";
Dir::Etc::SourceList "$state/sources.list";
Dir::Etc::SourceParts "/dev/null";
APT::Sandbox::User "";
END
export APT_CONFIG="$state/apt.conf"
apt-get update --quiet=2 >&2
(cd "$state/packages" && apt-get download --quiet=2 $packages >&2)

rm -rf "$folder"
mkdir -p "$folder"
for package in "$state"/packages/*.deb; do
	dpkg -x "$package" "$folder/tree"
done
loader=$(find "$folder/tree" -name 'ld-linux*' | head -n 1)
libraries=$(dirname "$(find "$folder/tree" -name 'libstdc++.so.6' | head -n 1)")
cat > "$folder/cbmc.new" <<END
#!/bin/sh
exec "$loader" --library-path "$libraries:$folder/tree/usr/lib" "$folder/tree/usr/bin/cbmc" "\$@"
END
chmod +x "$folder/cbmc.new"
"$folder/cbmc.new" --version > /dev/null
mv "$folder/cbmc.new" "$folder/cbmc"
