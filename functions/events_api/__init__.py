"""The events API: POST /api/v1/events, POST /api/v1/events/bulk, GET /api/v1/events/health."""
