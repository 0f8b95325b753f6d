package org.abhaya.jvm;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** Defines a service's classes from its jar in memory; its resources are there too, by URLs of their own. */
final class JarLoader extends ClassLoader {
  private final Jar jar;
  private final URLStreamHandler handler = new Handler();

  JarLoader(Jar jar) {
    super("service", ClassLoader.getPlatformClassLoader());
    this.jar = jar;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] code;
    try {
      code = jar.read(name.replace('.', '/') + ".class");
    } catch (IOException damaged) {
      throw new ClassNotFoundException(name, damaged);
    }
    if (code == null) throw new ClassNotFoundException(name);
    return defineClass(name, code, 0, code.length);
  }

  @Override
  protected URL findResource(String name) {
    if (!jar.has(name)) return null;
    try {
      return new URL(null, "service:/" + name, handler);
    } catch (MalformedURLException impossible) {
      return null;
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL found = findResource(name);
    return Collections.enumeration(found == null ? List.of() : List.of(found));
  }

  private final class Handler extends URLStreamHandler {
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
