// Addresses found in text, and how many at each host.
#include <iostream>
#include <map>
#include <regex>
#include <string>

int main() {
  const std::regex address("([a-z0-9.]+)@([a-z0-9.]+\\.[a-z]+)");
  std::map<std::string, int> hosts;
  for (std::string line; std::getline(std::cin, line);)
    for (std::sregex_iterator it(line.begin(), line.end(), address), end; it != end; ++it) hosts[(*it)[2]]++;
  for (const auto &[host, count] : hosts) std::cout << host << ' ' << count << '\n';
}
