// Lines like `fibonacci 500`, `factorial 100` and `power 3 200 1000007`: the number, as long as it is.
package main

import (
	"bufio"
	"fmt"
	"math/big"
	"os"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var what string
		var a, b, m int64
		fmt.Sscan(in.Text(), &what, &a, &b, &m)
		switch what {
		case "fibonacci":
			x, y := big.NewInt(0), big.NewInt(1)
			for i := int64(0); i < a; i++ {
				x.Add(x, y)
				x, y = y, x
			}
			fmt.Println(x)
		case "factorial":
			fmt.Println(new(big.Int).MulRange(1, a))
		case "power":
			fmt.Println(new(big.Int).Exp(big.NewInt(a), big.NewInt(b), big.NewInt(m)))
		}
	}
}
