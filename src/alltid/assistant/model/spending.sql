-- name: reserve
-- Books a request, unless the conversation has used up what it may.
INSERT INTO model_spending AS s
    (conversation_id, side, input_tokens, output_tokens, micro_minor, requests)
VALUES (%(id)s, %(side)s, %(input)s, %(output)s, %(micro)s, %(requests)s)
ON CONFLICT (conversation_id, side) DO UPDATE SET
    input_tokens = s.input_tokens + excluded.input_tokens,
    output_tokens = s.output_tokens + excluded.output_tokens,
    micro_minor = s.micro_minor + excluded.micro_minor,
    requests = s.requests + excluded.requests
WHERE s.input_tokens + s.output_tokens < %(tokens_most)s
    AND (%(micro_most)s::bigint IS NULL OR s.micro_minor < %(micro_most)s::bigint)
RETURNING s.requests;

-- name: settle
UPDATE model_spending SET
    input_tokens = input_tokens + %(input)s,
    output_tokens = output_tokens + %(output)s,
    micro_minor = micro_minor + %(micro)s,
    requests = requests + %(requests)s
WHERE conversation_id = %(id)s AND side = %(side)s
RETURNING input_tokens, output_tokens, micro_minor, requests;

-- name: total
SELECT input_tokens, output_tokens, micro_minor, requests FROM model_spending
WHERE conversation_id = %(id)s AND side = %(side)s;
