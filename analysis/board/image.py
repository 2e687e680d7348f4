# SPDX-License-Identifier: BSD-2-Clause
"""`kite board image`: what goes onto the card or stick that a board boots, made with its boot loader's own tools.  Firmware is
not Kite's, and is not here: docs/boards.md says where it comes from."""
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from analysis import paths, record
from analysis.board import bench, campaign
from analysis.failure import Exit, Failure

# U-Boot copies the kernel to where its ELF file says, and hands on its own device tree.  The description is a device tree.
FIT = """/dts-v1/;
/ {{
	description = "Kite, token {token}";
	#address-cells = <2>;
	images {{
		kernel {{
			data = /incbin/("kernel.bin");
			type = "kernel"; arch = "riscv"; os = "linux"; compression = "none";
			load = <0x0 0x80200000>; entry = <0x0 0x80200000>;
			hash {{ algo = "sha256"; }};
		}};
		archive {{
			data = /incbin/("archive");
			type = "ramdisk"; arch = "riscv"; os = "linux"; compression = "none";
			hash {{ algo = "sha256"; }};
		}};
	}};
	configurations {{
		default = "kite";
		kite {{ kernel = "kernel"; ramdisk = "archive"; }};
	}};
}};
"""
FIT_AT = "0x90000000"                   # beyond where the kernel is copied to
SCRIPT = f"""setenv bootargs '{{command_line}}'
load ${{{{devtype}}}} ${{{{devnum}}}}:${{{{distro_bootpart}}}} {FIT_AT} kite.itb
bootm {FIT_AT} {FIT_AT} ${{{{fdtcontroladdr}}}}
"""
PI_TREE = paths.BOARDS / "raspberry-pi-3.dts"
CONFIG_TXT = """# Kite on a Raspberry Pi 3.  The PL011 on pins 8 and 10, not the UART whose speed follows the core's clock; and a clock that
# stays what it is, for cycles and time to agree.  The archive lies away from the kernel, whose memory does not end with its file.
arm_64bit=1
kernel=kernel8.img
device_tree=kite.dtb
initramfs archive 0x02000000
enable_uart=1
dtoverlay=disable-bt
init_uart_clock=48000000
force_turbo=1
arm_freq=600
"""


def call(command, folder=None):
    """Runs a boot loader's tool; says which it was if it is missing or fails."""
    try:
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    except FileNotFoundError:
        raise Failure(Exit.ERROR, f"this computer lacks {command[0]}; see: kite doctor") from None
    if done.returncode:
        raise Failure(Exit.ERROR, f"{done.stdout}{done.stderr}{' '.join(map(str, command))} failed")


def objcopy(directory):
    found = re.search(r"^KITE_OBJCOPY:\w+=(.*)$", (directory / "CMakeCache.txt").read_text(), re.M)
    return found[1] if found else "llvm-objcopy"


def grub(image, out):
    """An ISO image, which is one for a USB stick, too."""
    call([str(paths.BOARDS / "grub-iso.sh"), str(image.kernel), str(image.archive), str(out), image.command_line])


def u_boot(image, out):
    """kite.itb, which U-Boot's bootm starts, and boot.scr, which it looks for by itself."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call([objcopy(image.kernel.parent), "-O", "binary", str(image.kernel.parent / "kernel.elf"), str(folder / "kernel.bin")])
        shutil.copy(image.archive, folder / "archive")
        (folder / "kite.its").write_text(FIT.format(token=image.token))
        (folder / "boot.cmd").write_text(SCRIPT.format(command_line=image.command_line))
        call(["mkimage", "-f", "kite.its", str(out / "kite.itb")], folder)
        call(["mkimage", "-A", "riscv", "-O", "linux", "-T", "script", "-C", "none", "-d", "boot.cmd", str(out / "boot.scr")], folder)


def raspberry_pi(image, out):
    """What the Pi's firmware loads, beside which bootcode.bin, start.elf and fixup.dat must lie."""
    shutil.copy(image.kernel, out / "kernel8.img")
    shutil.copy(image.archive, out / "archive")
    call(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", str(out / "kite.dtb"), str(PI_TREE)])
    (out / "config.txt").write_text(CONFIG_TXT)
    (out / "cmdline.txt").write_text(image.command_line + "\n")


def build_and_part(board, fast, pattern, say):
    """The kernel that an image is of, built, as campaign.Part: its token is what a measurement will ask for."""
    bench.build_board(board, (fast,), say)
    return campaign.part_of("fast" if fast else "slow", board, fast, record.commit_and_dirt(), False, pattern)


KINDS = {"grub": (grub, ".iso"), "u-boot": (u_boot, ""), "raspberry-pi": (raspberry_pi, "")}


def default_path(board):
    """Where an image goes if nobody says."""
    return paths.BUILD / "boards" / (board.name + (KINDS[board.load.image][1] if board.load.image in KINDS else ""))


def make(board, image, out):
    """Writes the image of a board: a file, or files into a folder that may hold others, such as firmware."""
    if board.load.image not in KINDS:
        raise Failure(Exit.USAGE, f"{board.where}: [load] image is '{board.load.image}': nothing is known of how it boots")
    function, suffix = KINDS[board.load.image]
    try:
        with tempfile.TemporaryDirectory() as name:
            made = Path(name) / f"image{suffix}"
            if suffix:
                out.parent.mkdir(parents=True, exist_ok=True)
                function(image, made)
                put(made, out)
                return out
            made.mkdir()
            out.mkdir(parents=True, exist_ok=True)
            function(image, made)
            for file in sorted(made.iterdir()):
                put(file, out / file.name)
    except OSError as error:
        raise Failure(Exit.ERROR, f"cannot write {out}: {error.strerror}") from None
    return out


def put(file, place):
    """Copies a file so that it is there whole or as it was."""
    part = place.with_name(place.name + ".part")
    try:
        shutil.copyfile(file, part)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
