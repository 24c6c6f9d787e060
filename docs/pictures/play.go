package main

import (
	"fmt"
	"strings"
)

// line is what somebody types, and what is to be seen then, by whom.
type line struct{ who, types, sees, what string }

const (
	enter   = "\r"
	newline = "\n"
	next    = "\x0e"      // Ctrl+N
	back    = "\x10"      // Ctrl+P
	choose  = "\x1b[1;3A" // Alt+Up
)

// play has the people say what the pictures show.
func (s *stage) play() error {
	for _, who := range []struct{ name, size string }{
		{"bob", "80x24"}, {"erin", "120x40"}, {"noor", "80x24"}, {"hugo", "80x24"},
	} {
		if err := s.enter(who.name, who.size); err != nil {
			return err
		}
	}
	for _, l := range []line{
		{"bob", "/set theme tea-light" + enter, "bob", "tea-light"},
		{"bob", "/join ops" + enter, "bob", "message #ops"},
		{"bob", back, "bob", "message #general"},
		{"hugo", "oh, biscuits" + enter, "bob", "oh, biscuits"},
		{"erin", "save me one, I am in a meeting about meetings" + enter, "bob", "about meetings"},
		{"hugo", "too late. there is half of one" + enter, "bob", "half of one"},
		{"bob", "the dashboards moved, by the way:" + newline + "https://status.example.com/teahouse?region=ams" + enter, "erin", "status.example.com"},
		{"hugo", "ah, that is why mine were empty" + enter, "bob", "mine were empty"},
		{"erin", "/join ops" + enter, "erin", "message #ops"},
		{"bob", next, "bob", "message #ops"},
		{"noor", "good morning from a train, on a phone  🚆" + enter, "hugo", "on a phone"},
		{"bob", back, "bob", "on a phone"},
		{"bob", "hi noor! is it the slow line again?" + enter, "noor", "the slow line"},
		{"noor", "it is. ssh holds, the video call did not" + enter, "bob", "ssh holds"},
		{"erin", back, "erin", "ssh holds"},
		{"erin", "release notes, would somebody read them?" + newline + "- history loads as you scroll" + newline + "- a paste of many lines is one message" + enter, "bob", "is one message"},
		{"hugo", "/me puts the kettle on again 🫖" + enter, "bob", "the kettle on again"},
		{"noor", "/join ops" + enter, "noor", "message #ops"},
		{"noor", "eu-2 is back in the pool" + enter, "bob", "#ops 1"},
		{"noor", "I will watch it until noon" + enter, "bob", "#ops 2"},
		{"noor", "/msg bob lunch at one? 🥟" + enter, "bob", "@noor 1"},
		{"hugo", "@erin reads well. one typo, I have sent it to you" + enter, "bob", "one typo"},
		{"hugo", "/msg erin it says \"sroll\" in the second line" + enter, "erin", "@hugo 1"},
		{"bob", choose + choose + choose, "bob", "r reply"},
		{"bob", "r", "bob", "to erin"},
		{"bob", "+1, ship it  🎉" + enter, "erin", "ship it"},
		{"hugo", "/away stirring" + enter, "hugo", "away"},
		{"erin", "thank you both! out in ten minutes", "erin", "out in ten minutes"},
	} {
		if err := s.say(l); err != nil {
			return err
		}
	}
	return nil
}

func (s *stage) say(l line) error {
	if err := s.people[l.who].Type(l.types); err != nil {
		return err
	}
	if err := s.see(l.sees, l.what); err != nil {
		return fmt.Errorf("after %s typed %q: %w", l.who, strings.TrimSpace(l.types), err)
	}
	return nil
}
