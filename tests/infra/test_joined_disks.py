"""Disks that a node joins, run by bash with the commands of a node stood in for."""

import base64
import subprocess
from pathlib import Path

import pulumi
import pytest

from infra.aws.block_volume import BlockVolume
from infra.aws.local_disks import LocalDisks
from infra.joined_disks import JoinedDisks
from infra.startup import Start, startup_script
from models.catalog.load import load_catalog

from .example_graphs import ROOT, graph_of
from .mock_cloud import Run
from .test_startup import Node, Ran

# What a node remembers: what lies on a disk (`member NAME` of an array), the file system of an
# array, which arrays are up, and what is mounted.
TOOLS = """\
of() {  # device: the file that remembers what lies on it
    if [ -e "$S/disks/${1##*/}" ]; then echo "$S/disks/${1##*/}"; else echo "$S/arrays/${1##*/}"; fi
}
fake_lsblk() {
    if [ "$1" = -dnpo ]; then
        while read -r disk model; do
            if [ "$2" = NAME ]; then echo "/dev/$disk"; else echo "/dev/$disk $model"; fi
        done <"$S/models"
        return
    fi
    read -r kind array <"$(of "$3")"
    if [ "$kind" = member ] && [ -e "$S/up/$array" ]; then echo "/dev/$array raid0"; fi
}
fake_ebsnvme() { grep "^${2##*/} " "$S/attached" | cut -d' ' -f2 | grep .; }
fake_nvme() { return 1; }
fake_pvs() { return 5; }
fake_mdadm() {
    local what=$1 array disk members=0
    shift
    if [ "$what" = --examine ]; then grep -q ^member "$(of "$1")"; return; fi
    [ "$what" = --create ] || shift  # --run
    array=${1##*/}
    for disk in "$@"; do
        if [ -e "$S/disks/${disk##*/}" ]; then
            [ "$what" = --assemble ] || echo "member $array" >"$S/disks/${disk##*/}"
            members=$((members + 1))
        fi
    done
    [ "$members" -ge "$(cat "$S/enough")" ] || return 1
    touch "$S/arrays/$array" "$S/up/$array"
    [ "$what" = --assemble ] || : >"$S/arrays/$array"
}
fake_blkid() {
    [ -s "$(of "${*: -1}")" ] || return 2
    [ "$1" = -p ] || cat "$(of "${*: -1}")"
}
fake_mkfs() { echo "u-$RANDOM$RANDOM" >"$(of "${*: -1}")"; }
fake_mount() {
    local uuid
    uuid=$(grep " $1 " "$S/etc/fstab" | grep -o "u-[0-9]*") || return 32
    if grep -qx "$uuid" "$S"/disks/* ||
        { grep -lx "$uuid" "$S"/arrays/* | grep -q . && ls "$S"/up/* >/dev/null 2>&1; }
    then echo "$1" >>"$S/mounted"; else return 32; fi
}
fake_mountpoint() { grep -qx "${*: -1}" "$S/mounted"; }
fake_systemctl() { [ "$1" != is-enabled ]; }
"""


class Disks(Node):
    """A node with disks, which remembers what is put on them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        for name in ("disks", "arrays", "up"):
            (folder / name).mkdir()
        for name in ("mounted", "models", "attached"):
            (folder / name).touch()
        (folder / "enough").write_text("1")
        (folder / "tools").write_text(f"S={folder}\n{TOOLS}")
        for name in ("lsblk", "mdadm", "blkid", "mkfs.ext4", "mount", "mountpoint", "systemctl"):
            self.command(name, f'. {folder}/tools; fake_{name.partition(".")[0]} "$@"')
        for name in ("ebsnvme-id", "nvme", "pvs"):
            self.command(name, f'. {folder}/tools; fake_{name.partition("-")[0]} "$@"')

    def inside(self, *names: str) -> None:
        """It has these disks of its own."""
        self._has(dict.fromkeys(names, "Amazon EC2 NVMe Instance Storage"), {})

    def attached(self, **names: str) -> None:
        """It has these volumes, each with the name that it was attached by."""
        self._has(dict.fromkeys(names, "Amazon Elastic Block Store"), names)

    def _has(self, models: dict[str, str], names: dict[str, str]) -> None:
        for gone in (self.folder / "disks").iterdir():
            if gone.name not in models:
                gone.unlink()
        for name in models:
            (self.folder / "disks" / name).touch()
        rows = "".join(f"{name} {model}\n" for name, model in models.items())
        (self.folder / "models").write_text("nvme0n1 Amazon Elastic Block Store\n" + rows)
        (self.folder / "disks" / "nvme0n1").write_text("u-0\n")
        told = "".join(f"{name} {was}\n" for name, was in names.items())
        (self.folder / "attached").write_text("nvme0n1 xvda\n" + told)

    def on(self, name: str) -> str:
        """What lies on a disk."""
        return (self.folder / "disks" / name).read_text().strip()

    def holds(self, name: str, what: str) -> None:
        (self.folder / "disks" / name).write_text(f"{what}\n" if what else "")

    def restart(self, stopped: bool = False) -> None:
        """Nothing is assembled or mounted; after a stop the node's own disks are blank."""
        (self.folder / "mounted").write_text("")
        self.calls_file.unlink(missing_ok=True)
        for up in (self.folder / "up").iterdir():
            up.unlink()
        for one in (self.folder / "disks").iterdir() if stopped else ():
            if one.name != "nvme0n1":
                one.write_text("")

    def first_boot(self, disks: JoinedDisks) -> Ran:
        return self.run(startup_script(Start("stack", "trainers", [disks])))

    def boot(self, disks: JoinedDisks) -> Ran:
        return self.run_there(f"{self.folder}/opt/windtunnel/disks-{disks.store}")

    @property
    def mounted(self) -> list[str]:
        return [Path(one).name for one in (self.folder / "mounted").read_text().splitlines()]

    @property
    def fstab(self) -> list[str]:
        return (self.folder / "etc/fstab").read_text().splitlines()

    def did(self, command: str) -> list[str]:
        return [one for one in self.calls if one.startswith(command)]


@pytest.fixture
def node(tmp_path: Path) -> Disks:
    return Disks(tmp_path)


def volumes(level: str, count: int, number: int = 0) -> JoinedDisks:
    service = load_catalog().storage_services["aws", "ebs-gp3"]
    joined = BlockVolume("scratch", service, 1e12, number, count, level).mount()
    assert isinstance(joined, JoinedDisks)
    return joined


OWN = LocalDisks("cache", 2, "0").mount()
STRIPE = volumes("0", 2)


@pytest.mark.parametrize(
    "disks",
    [OWN, STRIPE, volumes("10", 4), LocalDisks("cache", None, "0").mount(),
     LocalDisks("cache", 1, "0").mount()],
)  # fmt: skip
def test_bash_reads_the_script(disks: JoinedDisks) -> None:
    for text in (disks.script, startup_script(Start("stack", "trainers", [disks]))):
        read = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True)
        assert (read.returncode, read.stderr) == (0, "")
        assert not {"STORE", "COUNT", "LEVEL", "NAMES"} & set(text.replace("=", " ").split())


def test_volumes_are_told_by_what_they_were_attached_as_not_by_their_order(node: Disks) -> None:
    # The volumes of another store lie between them, and the first of all is the system's.
    node.attached(nvme1n1="sdg", nvme2n1="sdh", nvme3n1="/dev/sdf")
    assert node.first_boot(STRIPE).returncode == 0
    [made] = node.did("mdadm --create")
    assert made.split()[2:6] == ["/dev/md/scratch", "--run", "--level=0", "--raid-devices=2"]
    assert made.split()[-2:] == ["/dev/nvme1n1", "/dev/nvme3n1"]
    assert (node.on("nvme0n1"), node.on("nvme2n1")) == ("u-0", "")
    assert node.mounted == ["scratch"]


def test_volumes_without_nvme_have_the_name_itself(node: Disks) -> None:
    node.attached(xvdf="", xvdg="")
    node.command("ebsnvme-id", "exit 1")
    assert node.first_boot(STRIPE).returncode == 0
    assert node.did("mdadm --create")[0].endswith("/dev/xvdf /dev/xvdg")


@pytest.mark.parametrize(
    ("level", "count", "built"), [("0", 4, "0"), ("1", 2, "1"), ("1", 4, "10"), ("10", 4, "10")]
)
def test_the_level_that_was_predicted_is_built(
    node: Disks, level: str, count: int, built: str
) -> None:
    node.attached(**{f"nvme{1 + n}n1": f"sd{chr(ord('f') + n)}" for n in range(count)})
    assert node.first_boot(volumes(level, count)).returncode == 0
    [made] = node.did("mdadm --create")
    assert f"--level={built} --raid-devices={count} " in made


def test_it_is_in_fstab_by_its_uuid_once(node: Disks) -> None:
    node.attached(nvme1n1="sdf", nvme2n1="sdg")
    assert node.first_boot(STRIPE).returncode == 0
    uuid = (node.folder / "arrays/scratch").read_text().strip()
    [line] = node.fstab
    assert line.startswith(f"UUID={uuid} {node.folder}/mnt/scratch ext4 defaults,nofail,")
    assert node.first_boot(STRIPE).returncode == 0
    assert node.fstab == [line]


@pytest.mark.parametrize(("disks", "of"), [(STRIPE, "volumes"), (OWN, "its own")])
def test_after_a_restart_it_is_assembled_and_not_made_again(
    node: Disks, disks: JoinedDisks, of: str
) -> None:
    if disks is OWN:
        node.inside("nvme1n1", "nvme2n1")
    else:
        node.attached(nvme1n1="sdf", nvme2n1="sdg")
    assert node.first_boot(disks).returncode == 0
    before = node.fstab
    node.restart()
    assert node.boot(disks).returncode == 0
    assert node.did("mdadm --assemble")
    assert not node.did("mdadm --create")
    assert not node.did("mkfs")
    assert (node.mounted, node.fstab) == ([disks.store], before)


def test_what_the_kernel_has_assembled_under_another_name_is_taken(node: Disks) -> None:
    node.attached(nvme1n1="sdf", nvme2n1="sdg")
    assert node.first_boot(STRIPE).returncode == 0
    (node.folder / "arrays/scratch").rename(node.folder / "arrays/md127")
    for name in ("nvme1n1", "nvme2n1"):
        node.holds(name, "member md127")
    node.restart()
    (node.folder / "up/md127").touch()
    assert node.boot(STRIPE).returncode == 0
    assert not node.did("mdadm --assemble")
    assert not node.did("mkfs")
    assert node.mounted == ["scratch"]


def test_disks_that_a_stop_has_left_blank_are_joined_anew(node: Disks) -> None:
    node.inside("nvme1n1", "nvme2n1")
    assert node.first_boot(OWN).returncode == 0
    [before] = node.fstab
    node.restart(stopped=True)
    assert node.boot(OWN).returncode == 0
    assert node.did("mdadm --create")
    assert node.did("mkfs.ext4")
    [after] = node.fstab
    assert after != before
    assert node.mounted == ["cache"]


def test_all_disks_are_taken_where_it_is_not_known_how_many(node: Disks) -> None:
    disks = LocalDisks("cache", None, "0").mount()
    node.inside("nvme1n1", "nvme2n1", "nvme3n1")
    assert node.first_boot(disks).returncode == 0
    assert "--raid-devices=3 " in node.did("mdadm --create")[0]


@pytest.mark.parametrize("known", [1, None])
def test_a_single_disk_is_no_array(node: Disks, known: int | None) -> None:
    node.inside("nvme1n1")
    assert node.first_boot(LocalDisks("cache", known, "0").mount()).returncode == 0
    assert not node.did("mdadm --")
    assert node.on("nvme1n1").startswith("u-")
    assert node.mounted == ["cache"]


@pytest.mark.parametrize(
    ("held", "says"),
    [
        (("", "u-7"), "/dev/nvme2n1 holds something else, which is not written over"),
        (("member scratch", ""), "1 of its 2 disks are of an array, and the others are not"),
    ],
)
def test_nothing_is_written_over(node: Disks, held: tuple[str, str], says: str) -> None:
    node.attached(nvme1n1="sdf", nvme2n1="sdg")
    for name, what in zip(("nvme1n1", "nvme2n1"), held, strict=True):
        node.holds(name, what)
    ran = node.first_boot(STRIPE)
    assert ran.returncode == 1
    assert f"windtunnel: scratch: {says}" in ran.stderr
    assert "windtunnel: scratch is not mounted at" in ran.stderr
    assert (node.on("nvme1n1"), node.on("nvme2n1")) == held
    assert node.mounted == []


def test_a_disk_of_which_blkid_is_not_sure_is_not_written_over(node: Disks) -> None:
    node.inside("nvme1n1")
    node.command("blkid", "exit 8")
    ran = node.first_boot(LocalDisks("cache", 1, "0").mount())
    assert (ran.returncode, node.did("mkfs")) == (1, [])
    assert "/dev/nvme1n1 has no UUID" in ran.stderr


def test_a_disk_too_few_or_too_many_is_told(node: Disks) -> None:
    node.inside("nvme1n1")
    ran = node.first_boot(OWN)
    assert (ran.returncode, "1 of its 2 disks are there" in ran.stderr) == (1, True)
    node.inside("nvme1n1", "nvme2n1", "nvme3n1")
    ran = node.first_boot(OWN)
    assert (ran.returncode, "it has 3 disks, and 2 were predicted" in ran.stderr) == (1, True)
    node.inside()
    ran = node.first_boot(LocalDisks("cache", None, "0").mount())
    assert (ran.returncode, "no disk of it is there" in ran.stderr) == (1, True)


def test_a_mirror_works_with_one_disk_and_says_so_and_a_stripe_does_not(node: Disks) -> None:
    mirror = volumes("1", 2)
    node.attached(nvme1n1="sdf", nvme2n1="sdg")
    assert node.first_boot(mirror).returncode == 0
    node.restart()
    node.attached(nvme1n1="sdf")
    ran = node.boot(mirror)
    assert ran.returncode == 0
    assert "scratch: degraded: 1 of its 2 disks are there" in ran.stderr
    assert node.mounted == ["scratch"]


def test_a_stripe_with_a_disk_away_is_not_assembled(node: Disks) -> None:
    node.attached(nvme1n1="sdf", nvme2n1="sdg")
    assert node.first_boot(STRIPE).returncode == 0
    node.restart()
    node.attached(nvme1n1="sdf")
    ran = node.boot(STRIPE)
    assert (ran.returncode, "1 of its 2 disks are there" in ran.stderr) == (1, True)
    assert not node.did("mdadm --assemble")


def test_what_is_mounted_is_left_alone(node: Disks) -> None:
    node.attached(nvme1n1="sdf", nvme2n1="sdg")
    assert node.first_boot(STRIPE).returncode == 0
    node.calls_file.unlink()
    assert node.boot(STRIPE).returncode == 0
    assert [one.split()[0] for one in node.calls] == ["mountpoint"]


def test_a_mirror_is_not_made_of_one_disk(node: Disks) -> None:
    node.attached(nvme1n1="sdf")
    ran = node.first_boot(volumes("1", 2))
    assert (ran.returncode, node.did("mdadm --create")) == (1, [])


@pytest.mark.parametrize(
    ("fails", "says"),
    [
        ("mdadm", "its array is not made"),
        ("mkfs.ext4", "/dev/md/scratch is not formatted"),
        ("mount", "/dev/md/scratch is not mounted"),
    ],
)
def test_what_fails_is_told_and_what_runs_is_not_started(
    node: Disks, fails: str, says: str
) -> None:
    node.attached(nvme1n1="sdf", nvme2n1="sdg")
    node.command(fails, "exit 1")
    start = Start("stack", "trainers", [STRIPE], further=["touch /run/windtunnel-started"])
    ran = node.run(startup_script(start))
    assert ran.returncode == 1
    assert f"windtunnel: scratch: {says}" in ran.stderr
    assert not (node.folder / "run/windtunnel-started").exists()


def test_the_volume_group_of_an_image_for_deep_learning_is_taken_away_first(node: Disks) -> None:
    node.inside("nvme1n1", "nvme2n1")
    for name in ("nvme1n1", "nvme2n1"):
        node.holds(name, "LVM")
    node.command("systemctl", "exit 0")
    node.command("pvs", f'[ -s "{node.folder}/disks/${{*: -1:1}}" ] || [ $# -eq 1 ] || echo vg.01')
    blank = f'. {node.folder}/tools; : >"$(of "${{*: -1}}")"'
    node.command("pvremove", blank)
    node.command("vgremove")
    assert node.first_boot(OWN).returncode == 0
    assert "systemctl disable --now dlami-nvme.service" in node.calls
    assert node.did("vgremove -fqy vg.01")
    assert node.mounted == ["cache"]


def test_it_is_run_at_each_boot(node: Disks) -> None:
    node.inside("nvme1n1", "nvme2n1")
    assert node.first_boot(OWN).returncode == 0
    unit = (node.folder / "etc/systemd/system/windtunnel-disks-cache.service").read_text()
    assert "ExecStart=" in unit
    assert "/opt/windtunnel/disks-cache\n" in unit
    assert "systemctl enable windtunnel-disks-cache.service" in node.calls
    assert "dnf install -y mdadm" in node.calls


# The program


def registered(stack: str, store: str) -> Run:
    return graph_of(ROOT / "stacks" / f"{stack}.yaml", ("storage.cache", store))


def test_disks_of_the_instance_are_joined_as_the_catalog_has_them() -> None:
    run = registered("resnet50-imagenet-aws", "{kind: local, nodes: trainers}")
    template = run.one("LaunchTemplate").inputs
    text = base64.b64decode(template["userData"]).decode()
    assert len(template["blockDeviceMappings"]) == 1
    assert "count=8\n" in text  # of 1 TB, in a p4d.24xlarge
    assert "/Amazon EC2 NVMe Instance Storage/" in text


def test_what_runs_on_the_nodes_is_told_where_they_are() -> None:
    store = "{kind: local, nodes: trainers, read: 20 GB/s, write: 10 GB/s}"
    run = registered("llama3-8b-finetune-aws", store)
    text = base64.b64decode(run.one("LaunchTemplate").inputs["userData"]).decode()
    assert "STORE_CACHE=/mnt/cache" in text.replace('"', "").replace("'", "")


@pytest.mark.parametrize(
    ("stack", "store", "says"),
    [
        (
            "resnet50-imagenet-aws",
            "{kind: local, nodes: trainers, level: 6+2}",
            "cache.level: '6.2' is not built of disks; one of 0, 1, 4, 5, 6, 10 is",
        ),
        (
            "emr-spark",
            "{kind: block, service: ebs-gp3, size: 1 TB, volumes: 2, nodes: core}",
            "cache.volumes: EMR joins no volumes of its nodes",
        ),
    ],
)
def test_what_is_not_built_is_refused(stack: str, store: str, says: str) -> None:
    with pytest.raises(pulumi.RunError, match=says):
        registered(stack, store)


def test_nodes_that_a_service_starts_join_no_disks() -> None:
    changes = (
        ("nodes.core.instance", "i3en.24xlarge"),
        ("storage.cache", "{kind: local, nodes: core}"),
    )
    with pytest.raises(pulumi.RunError, match=r"cache\.nodes: nodes of 'core' are started by"):
        graph_of(ROOT / "stacks" / "emr-spark.yaml", *changes)


def test_on_google_cloud_disks_are_not_joined() -> None:
    store = "{kind: block, service: pd-ssd, size: 1 TB, volumes: 2, nodes: trainers}"
    with pytest.raises(pulumi.RunError, match=r"cache\.volumes: disks of a node are joined on AWS"):
        registered("resnet50-imagenet-gcp", store)
