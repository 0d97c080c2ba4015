-- Least privilege: the connector sees what it captures; the events API cannot touch anything else.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO cdc, events_api;
GRANT SELECT ON event_headers TO cdc;
GRANT SELECT, INSERT, UPDATE ON cdc_heartbeat TO cdc;
GRANT SELECT, INSERT, UPDATE ON business_events, event_headers, car_entities, loan_entities, loan_payment_entities,
    service_record_entities TO events_api;
