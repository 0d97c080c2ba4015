"""The console: one local web page for a running stack, server-rendered, live, with nothing from elsewhere."""
