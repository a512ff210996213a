# Requests by a Ruby library: jobs.rb LIBRARY, one JSON object a line on standard input: url, method, headers as pairs, body.
require "json"
require "net/http"
require "openssl"
require "uri"

NONE = OpenSSL::SSL::VERIFY_NONE

LIBRARIES = {
  "net-http" => lambda do |url, method, headers, body|
    place = URI(url)
    Net::HTTP.start(place.host, place.port, use_ssl: true, verify_mode: NONE) do |http|
      request = Net::HTTP.const_get(method.capitalize).new(place, headers)
      request.body = body if body
      http.request(request)
    end
  end,
  "open-uri" => lambda do |url, _method, headers, _body|
    require "open-uri"
    URI.parse(url).open(headers.merge(ssl_verify_mode: NONE)).read
  end,
  "httparty" => lambda do |url, method, headers, body|
    require "httparty"
    HTTParty.send(method.downcase, url, headers: headers, body: body, verify: false)
  end,
  "rest-client" => lambda do |url, method, headers, body|
    require "rest-client"
    RestClient::Request.execute(method: method.downcase.to_sym, url: url, headers: headers, payload: body, verify_ssl: false)
  end,
  "httpclient" => lambda do |url, method, headers, body|
    require "httpclient"
    client = HTTPClient.new
    client.ssl_config.verify_mode = NONE
    client.request(method, url, header: headers, body: body)
  end,
  "faraday" => lambda do |url, method, headers, body|
    require "faraday"
    Faraday.new(ssl: { verify: false }).run_request(method.downcase.to_sym, url, body, headers)
  end,
}.freeze

work = LIBRARIES.fetch(ARGV[0])
$stdin.each_line do |line|
  job = JSON.parse(line)
  begin
    work.call(job["url"], job["method"], job["headers"].to_h, job["body"])
  rescue StandardError, LoadError => e
    warn "#{e.class}: #{e.message}"
  end
end
