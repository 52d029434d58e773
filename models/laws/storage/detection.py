"""How long a silent host of a store is waited for until it is taken to be lost, s."""

# Of a silent datanode: twice 300 s until it is checked again and ten heartbeats of 3 s, the
# defaults of dfs.namenode.heartbeat.recheck-interval and dfs.heartbeat.interval (Apache Hadoop).
HDFS_DETECTION = 630.0
# Of a storage daemon: mon_osd_down_out_interval, after which its data are made again (Ceph).
CEPH_DETECTION = 600.0
