<?php
// Requests by PHP: jobs.php curl|stream, one JSON object a line on standard input: url, method, headers as pairs, body.
while (($line = fgets(STDIN)) !== false) {
    $job = json_decode($line, true);
    $lines = array_map(fn ($pair) => "$pair[0]: $pair[1]", $job["headers"]);
    if ($argv[1] === "curl") {
        $curl = curl_init($job["url"]);
        curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_SSL_VERIFYPEER => false, CURLOPT_SSL_VERIFYHOST => 0, CURLOPT_HTTPHEADER => $lines, CURLOPT_CUSTOMREQUEST => $job["method"]]);
        if ($job["body"] !== null) {
            curl_setopt($curl, CURLOPT_POSTFIELDS, $job["body"]);
        }
        curl_exec($curl);
    } else {
        $http = ["method" => $job["method"], "header" => implode("\r\n", $lines), "content" => $job["body"] ?? "", "ignore_errors" => true];
        @file_get_contents($job["url"], false, stream_context_create(["http" => $http, "ssl" => ["verify_peer" => false, "verify_peer_name" => false]]));
    }
}
