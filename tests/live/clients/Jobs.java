import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Requests by Java: java Jobs.java httpclient|httpclient1|urlconnection. Each is a block of lines on standard input: method, url, name and value
 * with a colon between them, and an empty line; what follows `body:` is the body.
 */
class Jobs {
    public static void main(String[] arguments) throws Exception {
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "connection,content-length,host");
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String method = lines.readLine(); method != null; method = lines.readLine()) {
            String url = lines.readLine();
            List<String[]> headers = new ArrayList<>();
            String body = null;
            for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
                String[] header = line.split(":", 2);
                if (header[0].equals("body")) body = header[1];
                else headers.add(header);
            }
            try {
                if (arguments[0].equals("urlconnection")) connect(context, method, url, headers, body);
                else ask(context, arguments[0].equals("httpclient"), method, url, headers, body);
            } catch (Exception error) {
                System.err.println(error);
            }
        }
    }

    private static void ask(SSLContext context, boolean http2, String method, String url, List<String[]> headers, String body) throws Exception {
        var content = body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).method(method, content);
        for (String[] header : headers) request.header(header[0], header[1]);
        var version = http2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1;
        HttpClient.newBuilder().version(version).sslContext(context).build().send(request.build(), HttpResponse.BodyHandlers.discarding());
    }

    private static void connect(SSLContext context, String method, String url, List<String[]> headers, String body) throws Exception {
        HttpsURLConnection connection = (HttpsURLConnection) new URL(url).openConnection();
        connection.setSSLSocketFactory(context.getSocketFactory());
        connection.setHostnameVerifier((name, session) -> true);
        connection.setRequestMethod(method);
        for (String[] header : headers) connection.setRequestProperty(header[0], header[1]);
        if (body != null) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes());
        }
        connection.getInputStream().readAllBytes();
        connection.disconnect();
    }

    /** The certificate of the test is self-signed; the hello is what is recorded. */
    private static class TrustAll extends X509ExtendedTrustManager {
        public void checkClientTrusted(X509Certificate[] chain, String type) {}
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}
        public void checkServerTrusted(X509Certificate[] chain, String type) {}
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}
        public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    }
}
