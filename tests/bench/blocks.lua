-- For wrk: goes around the paths in a file, one a line, with one method, one body and some headers.
-- Arguments: method, file of paths, file of the body or "", then name and value of each header.
-- Prints one line of JSON at the end, for load.py.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")
local requests = {}
local calls = 0

local function content_of(path)
  local file = assert(io.open(path, "rb"))
  local content = file:read("*a")
  file:close()
  return content
end

function init(arguments)
  local body = arguments[3] ~= "" and content_of(arguments[3]) or nil
  local headers = {}
  for i = 4, #arguments, 2 do
    headers[arguments[i]] = arguments[i + 1]
  end
  for path in content_of(arguments[2]):gmatch("[^\n]+") do
    requests[#requests + 1] = wrk.format(arguments[1], path, headers, body)
  end
end

function request()
  calls = calls + 1
  return requests[calls % #requests + 1]
end
