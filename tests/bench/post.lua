-- For wrk: posts one form again and again.
-- Arguments: account, form, then any number of values. In the form, {n} counts the calls and
-- {value} goes around the values. Prints one line of JSON at the end, for load.py.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")
local form
local values = {}
local calls = 0
local request_text

local function fill(text)
  text = text:gsub("{n}", tostring(calls))
  if #values > 0 then
    text = text:gsub("{value}", values[calls % #values + 1])
  end
  return text
end

function init(arguments)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
  wrk.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=" .. arguments[1]
    .. "/20250101/us-east-1/ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=0"
  form = arguments[2]
  for i = 3, #arguments do
    values[#values + 1] = arguments[i]
  end
  if not form:find("{", 1, true) then
    request_text = wrk.format(nil, nil, nil, form)
  end
end

function request()
  if request_text then
    return request_text
  end
  calls = calls + 1
  return wrk.format(nil, nil, nil, fill(form))
end
