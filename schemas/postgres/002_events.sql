-- Every event whole, and its header: only headers are streamed.
CREATE TABLE business_events (
    id           varchar(255) PRIMARY KEY,
    event_name   varchar(255) NOT NULL,
    event_type   varchar(255),
    created_date timestamptz,
    saved_date   timestamptz,
    event_data   jsonb        NOT NULL
);
CREATE INDEX idx_business_events_event_type ON business_events (event_type);
CREATE INDEX idx_business_events_created_date ON business_events (created_date);

CREATE TABLE event_headers (
    id           varchar(255) PRIMARY KEY,
    event_name   varchar(255) NOT NULL,
    event_type   varchar(255),
    created_date timestamptz,
    saved_date   timestamptz,
    header_data  jsonb        NOT NULL,
    CONSTRAINT fk_event_headers_business_events FOREIGN KEY (id) REFERENCES business_events (id) ON DELETE CASCADE
);
CREATE INDEX idx_event_headers_event_type ON event_headers (event_type);
CREATE INDEX idx_event_headers_created_date ON event_headers (created_date);
-- Deletes and updates carry the whole row, so that conditions on any column can be decided for them, too.
ALTER TABLE event_headers REPLICA IDENTITY FULL;
