// JSON of orders, one a line, in; JSON of what each customer bought out.
package main

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"
	"sort"
)

type order struct {
	Customer string `json:"customer"`
	Items    []struct {
		Name  string `json:"name"`
		Count int    `json:"count"`
		Cents int    `json:"cents"`
	} `json:"items"`
}

type sum struct {
	Customer string         `json:"customer"`
	Cents    int            `json:"cents"`
	Items    map[string]int `json:"items"`
}

func main() {
	sums := map[string]*sum{}
	in := json.NewDecoder(os.Stdin)
	for {
		var o order
		if err := in.Decode(&o); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		s := sums[o.Customer]
		if s == nil {
			s = &sum{Customer: o.Customer, Items: map[string]int{}}
			sums[o.Customer] = s
		}
		for _, item := range o.Items {
			s.Cents += item.Count * item.Cents
			s.Items[item.Name] += item.Count
		}
	}
	all := make([]*sum, 0, len(sums))
	for _, s := range sums {
		all = append(all, s)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Customer < all[j].Customer })
	out := json.NewEncoder(os.Stdout)
	for _, s := range all {
		if err := out.Encode(s); err != nil {
			log.Fatal(err)
		}
	}
}
