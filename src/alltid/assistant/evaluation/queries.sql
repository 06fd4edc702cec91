-- name: turn_record
SELECT trace, packet FROM assistant_turns WHERE id = %(id)s;
