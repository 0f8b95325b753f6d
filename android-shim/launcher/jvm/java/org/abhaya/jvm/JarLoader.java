package org.abhaya.jvm;

import java.io.IOException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** Defines a service's classes from its jar in memory; its resources are there too, by URLs of their own. */
final class JarLoader extends ClassLoader {
  private final Jar jar;

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
    return JarUrls.find(jar, name);
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL found = findResource(name);
    return Collections.enumeration(found == null ? List.of() : List.of(found));
  }
}
