"""HTTP and WebSocket edges: thin handlers that call one function each."""
