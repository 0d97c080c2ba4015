EXECUTE STATEMENT SET
BEGIN
INSERT INTO `filtered-car-created-events` (
  `id`, `event_name`, `event_type`, `created_date`, `saved_date`, `header_data`, `__op`, `__table`, `__source_ts_ms`, `__lsn`
)
SELECT
  `id`, `event_name`, `event_type`, `created_date`, `saved_date`, `header_data`, `__op`, `__table`, `__source_ts_ms`, `__lsn`
FROM `raw-event-headers`
WHERE `__op` IN ('c', 'r') AND (`event_type` = 'CarCreated');
INSERT INTO `filtered-loan-created-events` (
  `id`, `event_name`, `event_type`, `created_date`, `saved_date`, `header_data`, `__op`, `__table`, `__source_ts_ms`, `__lsn`
)
SELECT
  `id`, `event_name`, `event_type`, `created_date`, `saved_date`, `header_data`, `__op`, `__table`, `__source_ts_ms`, `__lsn`
FROM `raw-event-headers`
WHERE `__op` IN ('c', 'r') AND (`event_type` = 'LoanCreated');
INSERT INTO `filtered-loan-payment-submitted-events` (
  `id`, `event_name`, `event_type`, `created_date`, `saved_date`, `header_data`, `__op`, `__table`, `__source_ts_ms`, `__lsn`
)
SELECT
  `id`, `event_name`, `event_type`, `created_date`, `saved_date`, `header_data`, `__op`, `__table`, `__source_ts_ms`, `__lsn`
FROM `raw-event-headers`
WHERE `__op` IN ('c', 'r') AND (`event_type` = 'LoanPaymentSubmitted');
INSERT INTO `filtered-service-events` (
  `id`, `event_name`, `event_type`, `created_date`, `saved_date`, `header_data`, `__op`, `__table`, `__source_ts_ms`, `__lsn`
)
SELECT
  `id`, `event_name`, `event_type`, `created_date`, `saved_date`, `header_data`, `__op`, `__table`, `__source_ts_ms`, `__lsn`
FROM `raw-event-headers`
WHERE `__op` IN ('c', 'r') AND (`event_type` = 'CarServiceDone');
INSERT INTO `unrouted-event-headers` (
  `id`, `event_name`, `event_type`, `created_date`, `saved_date`, `header_data`, `__op`, `__table`, `__source_ts_ms`, `__lsn`, `reason`
)
SELECT
  `id`, `event_name`, `event_type`, `created_date`, `saved_date`, `header_data`, `__op`, `__table`, `__source_ts_ms`, `__lsn`, CASE WHEN `__op` IN ('c', 'r') THEN 'no route matches' ELSE 'no route takes this operation' END
FROM `raw-event-headers`
WHERE ((`__op` IN ('c', 'r') AND (`event_type` IN ('CarCreated', 'LoanCreated', 'LoanPaymentSubmitted', 'CarServiceDone')))) IS NOT TRUE;
END;