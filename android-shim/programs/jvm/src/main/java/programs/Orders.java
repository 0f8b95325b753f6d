package programs;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.reflect.TypeToken;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** JSON in, JSON out, by Gson's reflection: orders become sums for each customer. */
final class Orders {
  static class Item {
    String name;
    int count;
    double price;
  }

  static class Order {
    int id;
    String customer;
    List<Item> items = new ArrayList<>();
    Map<String, String> notes;
  }

  static class Sum {
    int orders;
    int items;
    long cents;
    List<String> names = new ArrayList<>();
  }

  static void run(byte[] input) {
    Gson gson = new GsonBuilder().disableHtmlEscaping().create();
    InputStreamReader reader = new InputStreamReader(new ByteArrayInputStream(input), StandardCharsets.UTF_8);
    List<Order> orders = gson.fromJson(reader, new TypeToken<List<Order>>() {}.getType());
    Map<String, Sum> sums = new TreeMap<>();
    for (Order order : orders) {
      Sum sum = sums.computeIfAbsent(order.customer, customer -> new Sum());
      sum.orders++;
      for (Item item : order.items) {
        sum.items += item.count;
        sum.cents += Math.round(item.price * 100) * item.count;
        if (!sum.names.contains(item.name)) sum.names.add(item.name);
      }
    }
    System.out.print(gson.toJson(sums));
  }
}
