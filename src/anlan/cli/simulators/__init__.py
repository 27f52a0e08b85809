"""Devices that do not exist (模拟设备): each speaks its protocol over real sockets, with faults when asked."""
