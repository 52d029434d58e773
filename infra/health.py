"""Accelerators that are watched by their node, which goes when one of them is broken.

A node that powers off is seen by what keeps their number, and another takes its place, as the
prediction has it. So it needs no permission of the cloud.
"""

from infra.startup import HOME

# Xid errors after which NVIDIA asks for a reset, or for another GPU: double-bit ECC, failed row
# remapping, NVLink, off the bus, uncontained ECC, GSP timeouts, unrecovered ECC
# (https://docs.nvidia.com/deploy/xid-errors/, "Xid Catalog", 2026-11-27).
XID = (48, 64, 74, 79, 95, 119, 120, 140)
CHECKS = 2  # in a row, so that a driver that is being loaded is not taken for a broken one
_SCRIPT = """\
#!/bin/bash
# Powers the node off where its accelerators are broken, so that another takes its place.
set -uo pipefail
why=""
seen=$(timeout 60 nvidia-smi --query-gpu=index --format=csv,noheader 2>/dev/null | wc -l)
[ "$seen" -eq EXPECTED ] || why="$seen of EXPECTED accelerators answer"
if timeout 60 nvidia-smi --query-remapped-rows=remapped_rows.failure --format=csv,noheader \\
    2>/dev/null | grep -qxE 'Yes|1'; then why="memory of an accelerator can't be mended"; fi
xid=$(journalctl --dmesg --boot --no-pager 2>/dev/null \\
    | grep -oE 'Xid \\([^)]*\\): (XIDS),' | tail -n 1)
[ -z "$xid" ] || why="the driver reports $xid"
count=/run/windtunnel-unhealthy
if [ -z "$why" ]; then rm -f $count; exit 0; fi
echo "$why" >>$count
echo "windtunnel: unhealthy: $why" | tee /dev/console
if [ "$(wc -l <$count)" -ge CHECKS ]; then
    TOLD
    systemctl poweroff
fi
"""
_UNITS = f"""\
cat >/etc/systemd/system/windtunnel-health.service <<'END'
[Unit]
Description=Whether the accelerators of this node work
[Service]
Type=oneshot
ExecStart={HOME}/health
END
cat >/etc/systemd/system/windtunnel-health.timer <<'END'
[Unit]
Description=Looks at the accelerators of this node
[Timer]
OnActiveSec=5min
OnUnitActiveSec=1min
[Install]
WantedBy=timers.target
END
systemctl daemon-reload && systemctl enable --now windtunnel-health.timer\\
    || fail 'accelerators are not watched'"""


def health_lines(accelerators: int, told: str = ":") -> list[str]:
    """Lines of a startup script that watch the GPUs of a node.

    Arguments:
        accelerators: of the node; none, and there is nothing to watch.
        told: command that tells of a broken one, before the node goes.
    """
    if not accelerators:
        return []
    words = {
        "EXPECTED": str(accelerators),
        "XIDS": "|".join(map(str, XID)),
        "CHECKS": str(CHECKS),
        "TOLD": told,
    }
    script = _SCRIPT
    for word, value in words.items():
        script = script.replace(word, value)
    return [
        f"mkdir -p {HOME}",
        f"cat >{HOME}/health <<'END'\n{script}END",
        f"chmod 755 {HOME}/health",
        _UNITS,
    ]
