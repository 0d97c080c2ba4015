-- The latest state of each entity. An event that is deleted leaves its entities behind, without their event.
CREATE TABLE car_entities (
    entity_id   varchar(255) PRIMARY KEY,
    entity_type varchar(255) NOT NULL,
    created_at  timestamptz,
    updated_at  timestamptz,
    entity_data jsonb        NOT NULL,
    event_id    varchar(255) REFERENCES event_headers (id) ON DELETE SET NULL
);
CREATE TABLE loan_entities (LIKE car_entities INCLUDING ALL);
CREATE TABLE loan_payment_entities (LIKE car_entities INCLUDING ALL);
CREATE TABLE service_record_entities (LIKE car_entities INCLUDING ALL);

DO $$
DECLARE
    entity text;
    field  text;
BEGIN
    FOREACH entity IN ARRAY ARRAY ['car', 'loan', 'loan_payment', 'service_record'] LOOP
        FOREACH field IN ARRAY ARRAY ['entity_type', 'created_at', 'updated_at', 'event_id'] LOOP
            EXECUTE format('CREATE INDEX idx_%s_entities_%s ON %s_entities (%s)', entity, field, entity, field);
        END LOOP;
        IF entity <> 'car' THEN -- LIKE copies no foreign keys
            EXECUTE format(
                'ALTER TABLE %s_entities ADD FOREIGN KEY (event_id) REFERENCES event_headers (id) ON DELETE SET NULL', entity);
        END IF;
    END LOOP;
END
$$;
