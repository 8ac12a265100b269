-- load_wrk.lua: prepared batches, one after another (VN_BODIES: one a line).
local bodies = {}
local next_body = 0

function init()
  for line in io.lines(os.getenv("VN_BODIES")) do
    bodies[#bodies + 1] = wrk.format("POST", "/", {
      ["Content-Type"] = "application/x-amz-json-1.0",
      ["X-Amz-Target"] = "DynamoDB_20120810.BatchWriteItem",
      ["X-Amz-Date"] = "20260101T000000Z",
      ["Authorization"] = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/"
        .. "us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00",
    }, line)
  end
end

function request()
  next_body = next_body % #bodies + 1
  return bodies[next_body]
end
