#!/bin/bash
# Tries sweep.sbatch on a one-machine Slurm from Debian's packages: munge, slurmctld and slurmd, with a configuration of their own.
# Needs root, and is meant for a container or a machine to throw away: it refuses where Slurm is configured already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

[ "$(id -u)" = 0 ] || { echo "try.sh: expected root, got $(id -un). Run it in a container." >&2; exit 2; }
[ ! -e /etc/slurm/slurm.conf ] || { echo "try.sh: expected a machine without Slurm, got /etc/slurm/slurm.conf. Run it in a container." >&2; exit 2; }

apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends munge slurmctld slurmd slurm-client > /dev/null

work=$(mktemp -d)
chmod 755 "$work"
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  wait 2> /dev/null || true
  rm -rf "$work" /etc/slurm/slurm.conf
}
trap cleanup EXIT

# munge: a key, and its daemon as its own user.
[ -s /etc/munge/munge.key ] || { dd if=/dev/urandom bs=1 count=1024 of=/etc/munge/munge.key status=none; }
chown munge: /etc/munge/munge.key
chmod 400 /etc/munge/munge.key
mkdir -p /run/munge && chown munge: /run/munge && chmod 755 /run/munge
runuser -u munge -- /usr/sbin/munged --foreground --force > "$work/munged.log" 2>&1 &
pids+=($!)

cores=$(nproc)
host=$(hostname -s)
mkdir -p /etc/slurm "$work/state" "$work/spool"
cat > /etc/slurm/slurm.conf <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SwitchType=switch/none
MpiDefault=none
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cores State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF

slurmctld -D > "$work/slurmctld.out" 2>&1 &
pids+=($!)
slurmd -D > "$work/slurmd.out" 2>&1 &
pids+=($!)
for _ in $(seq 60); do
  [ "$(sinfo -h -o %T 2> /dev/null)" = idle ] && break
  sleep 1
done
sinfo || { tail -20 "$work"/*.log "$work"/*.out >&2; exit 1; }

# The command as the package has it.
cd "$root"
node scripts/buildCli.mjs
export MULTITAB="node $root/dist-cli/multitab.js"
cat > "$work/sweep.json" <<'SWEEP'
{
  "label": "On one machine",
  "base": "sharing-helps",
  "set": { "data.rows": 1000, "training.epochs": 2, "training.twin": "off" },
  "axes": [{ "key": "tasks.rho", "values": [0, 0.5, 0.9] }],
  "seeds": [0, 1]
}
SWEEP
cd "$work"
# From 4 to 6, so that an array that does not begin at 0 is tried.
sbatch --wait --array=4-6 --cpus-per-task=1 --mem-per-cpu=0 --requeue "$here/sweep.sbatch" "$work/sweep.json" "$work/array" ||
  { tail -20 "$work"/multitab-*.log "$work"/slurm*.log >&2; exit 1; }
sacct 2> /dev/null || true
ls "$work/array"
$MULTITAB merge "$work/array"
$MULTITAB sweep "$work/sweep.json" --out "$work/alone" --quiet > /dev/null
cmp "$work/array/runs.jsonl" "$work/alone/runs.jsonl"
[ "$(ls "$work"/array/runs.*-of-3.jsonl | wc -l)" = 3 ]
echo "The array of three tasks and the sweep without Slurm wrote the same file."
