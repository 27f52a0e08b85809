"""Jobs (后台任务): long work with progress, and periodic work; legal deadlines are rows, never queue timers."""
