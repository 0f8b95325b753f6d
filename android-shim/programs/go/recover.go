// Programs that go on after their own mistakes: a nil pointer, an index, a division.
package main

import (
	"fmt"
	"io"
	"os"
)

type node struct {
	value int
	next  *node
}

func (n *node) String() string { return fmt.Sprint(n.value) }

func attempt(name string, f func() int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Println(name, r)
		}
	}()
	fmt.Println(name, f())
}

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		os.Exit(1)
	}
	var n *node
	zero := len(text) - len(text)
	attempt("next", func() int { return n.next.value })
	attempt("index", func() int { return int(text[len(text)+1]) })
	attempt("divide", func() int { return len(text) / zero })
	attempt("fine", func() int { return len(text) })
	fmt.Printf("%v\n", n)
}
