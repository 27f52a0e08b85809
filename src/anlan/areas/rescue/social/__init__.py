"""Social rescue forces (社会救援力量): they report to an incident by QR code, the command on the scene decides."""
