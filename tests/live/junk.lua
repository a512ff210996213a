-- wrk sends what this makes: requests that are HTTP/1.1 in form and junk in content. Status codes are counted at the end.
-- wrk -s junk.lua URL -- SEED
local names = {
  "user-agent", "accept", "accept-language", "accept-encoding", "cookie", "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-fetch-site",
  "sec-fetch-mode", "sec-fetch-dest", "signature", "signature-input", "signature-agent", "outwork-risk", "outwork-x", "x-forwarded-for", "forwarded",
  "authorization", "referer", "origin", "range", "if-none-match", "priority", "x-ja4", "via", "te", "purpose", "content-type", "x-\x7e!#$%&'*+.^`|",
}
-- A method that Envoy does not know costs a connection, so it is rare.
local methods = { "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "GET", "OPTIONS", "DELETE", "PATCH", "M-SEARCH", "X" }
local starts = {
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/", "Mozilla/5.0 (X11; rv:133.0) Gecko/20100101 Firefox/",
  "curl/", 'outwork=("@method" "', 'sig1=:', 'risk=0, reasons=("', '"Chromium";v="', "en-US,en;q=0.", "gzip;q=", "for=[2001:db8::", "",
}
local thread_count = 0
statuses = {}

function setup(thread)
  thread_count = thread_count + 1
  thread:set("id", thread_count)
  threads = threads or {}
  table.insert(threads, thread)
end

function init(arguments)
  math.randomseed(tonumber(arguments[1] or "1") * 1000 + id)
end

local function bytes(most)
  local out = {}
  for i = 1, math.random(0, most) do
    local one = math.random(32, 255)
    out[i] = string.char(one == 127 and 126 or one)
  end
  return table.concat(out)
end

local function path()
  local out = {}
  for i = 1, math.random(0, 40) do out[i] = string.char(math.random(38, 126)) end
  return "/" .. table.concat(out)
end

local asked = 0

function request()
  asked = asked + 1
  -- wrk parses the first one itself, and knows fewer methods than Envoy.
  if asked == 1 then return "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" end
  local lines = { methods[math.random(#methods)] .. " " .. path() .. " HTTP/1.1", "Host: localhost" }
  for _ = 1, math.random(0, 30) do
    local value = starts[math.random(#starts)] .. bytes(math.random(20) == 1 and 1500 or 60)
    lines[#lines + 1] = names[math.random(#names)] .. ": " .. value
  end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

function response(status)
  statuses[status] = (statuses[status] or 0) + 1
end

function done(summary)
  local all = {}
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("statuses")) do all[status] = (all[status] or 0) + count end
  end
  for status, count in pairs(all) do print(string.format("status %d %d", status, count)) end
  local e = summary.errors
  print(string.format("errors connect %d read %d write %d timeout %d", e.connect, e.read, e.write, e.timeout))
end
