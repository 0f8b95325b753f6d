// Reads a web server's log and tells how often each path failed, and how long its answers took at most.
package main

import (
	"bufio"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strconv"
)

var line = regexp.MustCompile(`^(\S+) \S+ \S+ \[[^\]]+\] "(GET|POST) (/[^ "?]*)[^"]*" (\d{3}) \d+ (\d+)ms$`)

type path struct{ failed, slowest int }

func main() {
	paths := map[string]*path{}
	strange := 0
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		m := line.FindStringSubmatch(in.Text())
		if m == nil {
			strange++
			continue
		}
		p := paths[m[3]]
		if p == nil {
			p = &path{}
			paths[m[3]] = p
		}
		if m[4][0] == '5' {
			p.failed++
		}
		if ms, _ := strconv.Atoi(m[5]); ms > p.slowest {
			p.slowest = ms
		}
	}
	names := make([]string, 0, len(paths))
	for name := range paths {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Printf("%s %d %d\n", name, paths[name].failed, paths[name].slowest)
	}
	fmt.Printf("not understood: %d\n", strange)
}
