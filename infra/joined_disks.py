"""Disks of a node that its kernel joins into one, at each of its boots."""

import shlex
from dataclasses import dataclass

from infra.startup import HOME

MIRRORED = ("1", "10")
# Levels that mdadm has; of the others an array would be made of arrays.
LEVELS = ("0", "1", "4", "5", "6", "10")
_SCRIPT = """\
#!/bin/bash
# Joins the disks of STORE. At each boot: what is there already is not made again, and disks that
# a stop has left blank are joined anew. Nothing that holds data is ever written over.
set -uo pipefail
say() { echo "windtunnel: STORE: $1" | tee /dev/console >&2; }
die() { say "$1"; exit 1; }
DISKS
joined_as() {  # the array that a disk is in, whatever its name is
    lsblk -nrpo NAME,TYPE "$1" | awk '$2 ~ /^raid/ { print $1; exit }'
}
holds() {  # anything; 2 is that nothing is known of, and 8 that several things are
    blkid -p "$1" >/dev/null 2>&1
    [ "$?" -ne 2 ]
}

mountpoint -q "/mnt/STORE" && exit 0
count=COUNT
for attempt in $(seq 30); do  # a volume may become ready after its node
    mapfile -t found < <(disks)
    [ "${#found[@]}" -lt "${count:-1}" ] || break
    sleep 10
done
[ "${#found[@]}" -gt 0 ] || die "no disk of it is there"
count=${count:-${#found[@]}}
missing=$((count - ${#found[@]}))
[ "$missing" -ge 0 ] || die "it has ${#found[@]} disks, and $count were predicted"
[ "$missing" -le MISSING ] || die "${#found[@]} of its $count disks are there"
JOIN
holds "$device" || mkfs.ext4 -q "$device" || die "$device is not formatted"
uuid=$(blkid -s UUID -o value "$device")
[ -n "$uuid" ] || die "$device has no UUID"
mkdir -p "/mnt/STORE" || die "there is no place for it"
if ! grep -q "^UUID=$uuid /mnt/STORE " /etc/fstab; then
    sed -i '\\| /mnt/STORE |d' /etc/fstab
    # Without it the node boots all the same, and this is run again.
    echo "UUID=$uuid /mnt/STORE ext4 defaults,nofail,x-systemd.device-timeout=30s 0 2" >>/etc/fstab
fi
mount "/mnt/STORE" || mountpoint -q "/mnt/STORE" || die "$device is not mounted"
[ "$missing" -eq 0 ] || say "degraded: ${#found[@]} of its $count disks are there"
"""
_ONE = """\
device=${found[0]}"""
_ARRAY = """\
device=$(joined_as "${found[0]}")
if [ "$count" -eq 1 ]; then
    device=${found[0]}
elif [ -z "$device" ]; then
    device=/dev/md/STORE
    members=0
    for one in "${found[@]}"; do
        if mdadm --examine "$one" >/dev/null 2>&1; then members=$((members + 1)); fi
    done
    if [ "$members" -eq "${#found[@]}" ]; then
        mdadm --assemble --run "$device" "${found[@]}" || die "its array is not assembled"
    elif [ "$members" -gt 0 ]; then
        die "$members of its ${#found[@]} disks are of an array, and the others are not"
    else
        [ "$missing" -eq 0 ] || die "${#found[@]} of its $count disks are there"
        for one in "${found[@]}"; do
            if holds "$one"; then die "$one holds something else, which is not written over"; fi
        done
        # Of any host, so that it has its own name wherever it is assembled.
        mdadm --create "$device" --run --level=LEVEL --raid-devices="$count" --homehost=any \\
            --name=STORE "${found[@]}" || die "its array is not made"
    fi
fi"""
_UNIT = f"""\
cat >/etc/systemd/system/windtunnel-disks-STORE.service <<'END'
[Unit]
Description=The disks of STORE
# What runs on the node waits for the network, and so for its disks.
Before=network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={HOME}/disks-STORE
[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload && systemctl enable windtunnel-disks-STORE.service \\
    || fail 'STORE is not joined again after a restart'"""


@dataclass(frozen=True)
class JoinedDisks:
    """Disks that a node mounts as one at /mnt/<store>.

    Arguments:
        store: name of the store.
        disks: of each node; None for all that are found, where it is not known how many.
        level: of RAID; of a single disk there is no array.
        found: shell function `disks` that prints them, in any order, one a line.
    """

    store: str
    disks: int | None
    level: str
    found: str

    @property
    def package(self) -> str:
        """What a node needs for it; empty if nothing."""
        return "" if self.disks == 1 else "mdadm"

    @property
    def script(self) -> str:
        """What is run at each boot."""
        # Level 1 of more than two disks is predicted as pairs that are striped.
        many = self.disks is not None and self.disks > 2
        level = "10" if self.level == "1" and many else self.level
        # A mirror works with one of each pair, which mdadm looks after.
        missing = self.disks // 2 if self.disks and level in MIRRORED else 0
        words = {
            "DISKS": self.found,
            "JOIN": _ONE if self.disks == 1 else _ARRAY,
            "LEVEL": level,
            "COUNT": str(self.disks or ""),
            "MISSING": str(missing),
        }
        return self._filled(_SCRIPT, words)

    def lines(self) -> list[str]:
        """It is mounted, or said that it is not; and again at each boot."""
        path = f"{HOME}/disks-{self.store}"
        told = f"{self.store} is not mounted at /mnt/{self.store}"
        return [
            f"mkdir -p {HOME}",
            f"cat >{path} <<'END'\n{self.script}END",
            f"chmod 755 {path}",
            self._filled(_UNIT, {}),
            f"{path} || fail {shlex.quote(told)}",
        ]

    def _filled(self, text: str, words: dict[str, str]) -> str:
        for word, value in words.items():
            text = text.replace(word, value)
        return text.replace("STORE", self.store)
