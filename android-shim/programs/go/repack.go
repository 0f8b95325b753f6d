// A gzip file in, the same packed anew out, its text upside down: last line first.
package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"log"
	"os"
	"slices"
)

func main() {
	in, err := gzip.NewReader(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		log.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	slices.Reverse(lines)
	out := gzip.NewWriter(os.Stdout)
	for _, line := range lines {
		if _, err := out.Write(line); err != nil {
			log.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}
}
