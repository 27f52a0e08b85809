"""GB/T 28181, the signalling of cameras and video platforms (视频监控联网): SIP, MANSCDP, device control."""
