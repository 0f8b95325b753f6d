// Gives out what comes in, and says how much it was.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
)

func main() {
	count, err := io.Copy(os.Stdout, os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(count)
}
