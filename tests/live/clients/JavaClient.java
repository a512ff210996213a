import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** One request by java.net.http: java JavaClient.java URL [NAME:VALUE ...]. Prints the status code. */
class JavaClient {
    public static void main(String[] arguments) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(arguments[0]));
        for (int i = 1; i < arguments.length; i++) {
            String[] header = arguments[i].split(":", 2);
            request.header(header[0], header[1]);
        }
        HttpClient client = HttpClient.newBuilder().sslContext(context).build();
        System.out.println(client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode());
    }

    /** The certificate of the test is self-signed; the hello is what is under test. */
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
