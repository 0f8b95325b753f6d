package org.abhaya.jvm;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.URL;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** The jar's classes.dex, loaded from memory: Android 8 has a class loader for that (API 26), older ones have none. */
final class DexLoader {
  private static final String LOADER = "dalvik.system.InMemoryDexClassLoader";

  private DexLoader() {}

  static ClassLoader of(Jar jar) throws Exception {
    byte[] dex = jar.read("classes.dex");
    if (dex == null) throw new IOException("the jar has no classes.dex, which ART needs");
    if (jar.has("classes2.dex")) throw new IOException("the jar has more than one dex file");
    // By name: the API level that the rest is checked against lacks it.
    Constructor<?> made = Class.forName(LOADER).getConstructor(ByteBuffer.class, ClassLoader.class);
    return (ClassLoader) made.newInstance(ByteBuffer.wrap(dex), new Resources(jar));
  }

  /** Above the service's classes: the platform's, none of ours, and the jar's files. */
  private static final class Resources extends ClassLoader {
    private final Jar jar;

    Resources(Jar jar) {
      super(ClassLoader.getSystemClassLoader().getParent());
      this.jar = jar;
    }

    @Override
    protected URL findResource(String name) {
      return JarUrls.find(jar, name);
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
      URL found = findResource(name);
      List<URL> all = found == null ? Collections.<URL>emptyList() : Collections.singletonList(found);
      return Collections.enumeration(all);
    }
  }
}
