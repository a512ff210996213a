-- The request of the benchmark: what Chrome sends with a page, and what Cloudflare's edge says of the connection.
-- Every request has another address, so that no limit of the policy is spent.
local headers = {
  ["Host"] = "shop.example",
  ["x-test-scheme"] = "https",
  ["cf-blob"] = '{"asn":3320,"country":"DE","tlsVersion":"TLSv1.3","tlsCipher":"AEAD-AES128-GCM-SHA256","httpProtocol":"HTTP/2",'
    .. '"clientTcpRtt":12,"clientAcceptEncoding":"gzip, deflate, br, zstd","botManagement":{"ja4":"t13d1516h2_8daaf6152771_d8a2da3f94cd","score":99}}',
  ["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  ["accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
  ["accept-language"] = "en-US,en;q=0.9",
  ["accept-encoding"] = "gzip, br",
  ["sec-ch-ua"] = '"Chromium";v="142", "Google Chrome";v="142", "Not_A Brand";v="99"',
  ["sec-ch-ua-mobile"] = "?0",
  ["sec-ch-ua-platform"] = '"Linux"',
  ["sec-fetch-site"] = "same-origin",
  ["sec-fetch-mode"] = "navigate",
  ["sec-fetch-user"] = "?1",
  ["sec-fetch-dest"] = "document",
  ["upgrade-insecure-requests"] = "1",
  ["referer"] = "https://shop.example/",
  ["cookie"] = "session=5b2f0a6c9e; theme=dark; basket=3",
  ["priority"] = "u=0, i",
}

local sent = 0

function request()
  sent = sent + 1
  headers["cf-connecting-ip"] = string.format("84.%d.%d.%d", 128 + math.floor(sent / 65536) % 64, math.floor(sent / 256) % 256, sent % 256)
  return wrk.format("GET", "/product/17?colour=red", headers)
end
