# SPDX-License-Identifier: BSD-2-Clause
# Reads ci/dependencies.txt and tells, installs or shows what is missing.  Sourced by ./kite, which sets $root; relies
# on nothing but /bin/sh, and on Debian's own tools once something is missing.

# Whether what one test of the list asks for is there.
dependency_there() {
	case $1 in
	python:*)                                 # asking python itself costs 50 ms a module: look first
		[ -e "/usr/lib/python3/dist-packages/${1#python:}" ] ||
			/usr/bin/python3 -c "import ${1#python:}" 2>/dev/null ;;
	file:*)   for found in ${1#file:}; do [ -e "$found" ] && return 0; done; return 1 ;;
	*)        command -v "$1" >/dev/null 2>&1 ;;
	esac
}

# Whether this Debian has such a package.  NAME@13 is one that came with Debian 13, for machines without package lists.
package_known() {
	case $1 in
	*@*)
		release=$(. /etc/os-release 2>/dev/null; echo "${VERSION_ID:-99}")
		[ "${release%%.*}" -ge "${1#*@}" ] || return 1 ;;
	esac
	[ -n "$(apt-cache --quiet=2 show --no-all-versions "${1%@*}" 2>/dev/null)" ] ||
		[ -z "$(apt-cache --quiet=2 show libc6 2>/dev/null)" ]
}

# Whether a line's third column names the subcommand.
dependency_for() {                                # column subcommand
	case ",$1," in
	*,all,*|*",$2,"*) return 0 ;;
	*,build,*) case $2 in bench|bisect|board|ci|compare|track|test|plot|profile|run|fuzz|debug|trace|prove) return 0 ;; esac ;;
	esac
	return 1
}

# Sets $package to what must be installed, or to nothing if an alternative is there already.
dependency_package() {                            # tests packages
	tests=$1 packages=$2 package=
	first=${packages%%|*}
	while :; do
		dependency_there "${tests%%|*}" && { package=; return; }
		candidate=${packages%%|*}
		package_known "$candidate" && { package=${candidate%@*}; return; }
		case $packages in *"|"*) ;; *) package=${first%@*}; return ;; esac
		packages=${packages#*|} tests=${tests#*|}
	done
}

# Calls "$1 test package for reason state" for each line that the subcommand $2 ("" for all) needs.
dependency_each() {
	while read -r test package_column subcommands reason; do
		case $test in ''|'#'*) continue ;; esac
		[ -z "$2" ] || dependency_for "$subcommands" "$2" || continue
		dependency_package "$test" "$package_column"
		"$1"
	done < "$root/ci/dependencies.txt"
}

dependency_collect() {
	[ -z "$package" ] && return
	case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
}

# Installs what the subcommand needs and the machine lacks, or prints the one line that would and ends with 1.
dependencies_install() {                          # subcommand
	missing=
	dependency_each dependency_collect "$1"
	[ -z "$missing" ] && return
	install="apt-get install --yes --no-install-recommends$missing"
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "kite: missing:$missing (Debian's names; this machine has no apt-get to install them with)" >&2
		exit 1
	elif [ -n "$KITE_NO_INSTALL" ]; then
		as=none
	elif [ "$(id -u)" = 0 ]; then
		as=
	elif sudo -n true 2>/dev/null; then
		as="sudo -n"
	else
		as=none
	fi
	if [ "$as" = none ]; then
		echo "kite: something is missing; this line installs it:" >&2
		echo "sudo apt-get update && sudo $install" >&2
		exit 1
	fi
	echo "kite: installing$missing" >&2
	export DEBIAN_FRONTEND=noninteractive
	# A fresh machine has no package lists, and then the names are only guesses: get the lists, look again.
	$as apt-get update --quiet >&2 || echo "kite: apt-get update failed; trying with the lists that are there" >&2
	missing=
	dependency_each dependency_collect "$1"
	$as env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $missing >&2 || {
		echo "kite: apt-get could not install$missing; by hand: sudo apt-get update && sudo $install" >&2
		exit 1
	}
	missing=
	dependency_each dependency_collect "$1"
	[ -z "$missing" ] || {
		echo "kite: installed, and yet this does not work:$missing (see: kite doctor)" >&2
		exit 1
	}
}

# A line's first package, without its @13.
tidy() { name=${package_column%%|*}; echo "${name%@*}"; }

doctor_text() {
	state=there
	[ -n "$package" ] && state=missing && lacking="$lacking $package"
	printf '%-8s %-22s %-11s %s\n' "$state" "${package:-$(tidy)}" "$subcommands" "$reason"
}

doctor_json() {
	state=true
	[ -n "$package" ] && state=false && lacking="$lacking $package"
	printf '{"package":"%s","there":%s,"for":"%s","reason":"%s"}\n' "${package:-$(tidy)}" $state "$subcommands" "$reason"
}

version_of() { command -v "$1" >/dev/null 2>&1 && "$1" --version 2>/dev/null | sed -n "1s/^/$1: /p"; }

# What the machine lacks and how to get it; 1 if something is missing.
doctor() {
	lacking=
	case $1 in
	--json) dependency_each doctor_json ""; [ -z "$lacking" ]; return ;;
	esac
	dependency_each doctor_text ""
	echo
	version_of clang-19 || version_of clang
	for program in ld.lld-19 cmake qemu-system-riscv64 qemu-system-aarch64 qemu-system-x86_64 gnuplot; do
		version_of $program
	done
	[ -e /dev/kvm ] && echo "/dev/kvm is there; kite bench --accel kvm says whether it can measure; exact counts need emulation"
	[ -z "$lacking" ] && { echo "Nothing is missing."; return 0; }
	echo "Missing; this line installs it:"
	echo "sudo apt-get update && sudo apt-get install --yes --no-install-recommends$lacking"
	return 1
}
