// JSON with its keys sorted and no spaces; what is not JSON is said, by an exception.
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>

struct Parser {
  std::string text;
  size_t at = 0;

  void skip() {
    while (at < text.size() && std::string(" \t\r\n").find(text[at]) != std::string::npos) at++;
  }
  char peek() {
    skip();
    return at < text.size() ? text[at] : '\0';
  }
  void expect(char c) {
    if (peek() != c) throw std::runtime_error("expected " + std::string(1, c) + " at " + std::to_string(at));
    at++;
  }
  std::string string() {
    expect('"');
    size_t start = at - 1;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    if (at >= text.size()) throw std::runtime_error("a string has no end");
    return text.substr(start, ++at - start);
  }
  std::string list() {
    std::string out = "[";
    expect('[');
    while (peek() != ']') {
      if (out.size() > 1) expect(','), out += ',';
      out += value();
    }
    expect(']');
    return out + ']';
  }
  std::string object() {
    std::map<std::string, std::string> members;
    expect('{');
    while (peek() != '}') {
      if (!members.empty()) expect(',');
      std::string key = (skip(), string());
      expect(':');
      members[key] = value();
    }
    expect('}');
    std::string out = "{";
    for (const auto &[key, member] : members) out += (out.size() > 1 ? "," : "") + key + ":" + member;
    return out + '}';
  }
  std::string value() {
    char c = peek();
    if (c == '{') return object();
    if (c == '[') return list();
    if (c == '"') return string();
    size_t start = at;
    while (at < text.size() && std::string(",]} \t\r\n").find(text[at]) == std::string::npos) at++;
    if (at == start) throw std::runtime_error("nothing at " + std::to_string(at));
    return text.substr(start, at - start);
  }
};

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    try {
      Parser parser{line};
      std::string out = parser.value();
      if (parser.peek() != '\0') throw std::runtime_error("more at " + std::to_string(parser.at));
      std::cout << out << '\n';
    } catch (const std::runtime_error &error) {
      std::cout << "no JSON: " << error.what() << '\n';
    }
  }
}
