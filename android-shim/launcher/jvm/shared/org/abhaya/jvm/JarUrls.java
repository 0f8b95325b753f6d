package org.abhaya.jvm;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;

/** URLs of what lies in a jar in memory: {@code service:/name}. */
final class JarUrls {
  private JarUrls() {}

  /** Null where the jar has no such file. */
  static URL find(Jar jar, String name) {
    if (!jar.has(name)) return null;
    try {
      return new URL(null, "service:/" + name, new Handler(jar));
    } catch (MalformedURLException impossible) {
      return null;
    }
  }

  private static final class Handler extends URLStreamHandler {
    private final Jar jar;

    Handler(Jar jar) {
      this.jar = jar;
    }

    @Override
    protected URLConnection openConnection(URL url) {
      return new URLConnection(url) {
        @Override
        public void connect() {}

        @Override
        public InputStream getInputStream() throws IOException {
          byte[] bytes = jar.read(url.getPath().substring(1));
          if (bytes == null) throw new IOException("no " + url.getPath() + " in the jar");
          return new ByteArrayInputStream(bytes);
        }
      };
    }
  }
}
