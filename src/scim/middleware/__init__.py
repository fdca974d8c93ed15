"""What stands between the socket and the router: pure ASGI classes, each for one thing."""
