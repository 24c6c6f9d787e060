package chat

import (
	"iter"
	"strings"
)

// Emoji returns the emoji of a short code, written without colons.
func Emoji(code string) (symbol string, ok bool) {
	for c, s := range Emojis() {
		if c == code {
			return s, true
		}
	}
	return "", false
}

// Emojis gives all of them: codes in ascending order, and their emoji.
func Emojis() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		code := ""
		for word := range strings.FieldsSeq(emojiTable) {
			if code == "" {
				code = word
			} else if !yield(code, word) {
				return
			} else {
				code = ""
			}
		}
	}
}

// emojiTable has the codes that people know from elsewhere. Emoji that need a
// variation selector are few here: terminals do not agree on their width.
const emojiTable = `
+1 👍 -1 👎 100 💯 alarm_clock ⏰ alien 👽 angry 😠 apple 🍎 art 🎨 astonished 😲 baby 👶 balloon 🎈
bamboo 🎍 banana 🍌 bear 🐻 bee 🐝 beer 🍺 beers 🍻 bell 🔔 bike 🚲 bird 🐦 birthday 🎂 blue_heart 💙 blush 😊
bomb 💣 books 📚 boom 💥 brain 🧠 bread 🍞 broken_heart 💔 bug 🐛 bulb 💡 cactus 🌵 cake 🍰 calendar 📅
camera 📷 cat 🐱 check ✅ cheese 🧀 cherries 🍒 clap 👏 clinking_glasses 🥂 clown 🤡 cocktail 🍸 coffee ☕ computer 💻
confetti 🎊 confused 😕 construction 🚧 cookie 🍪 cool 😎 cow 🐮 cry 😢 crying 😭 cup 🥤 dancer 💃 dart 🎯 dizzy 💫 dog 🐶
dumpling 🥟 earth 🌍 egg 🥚 eggplant 🍆 email 📧 exclamation ❗ eyes 👀 facepalm 🤦 fire 🔥 fish 🐟 flushed 😳 four_leaf 🍀
fox 🦊 frog 🐸 ghost 👻 gift 🎁 grapes 🍇 green_heart 💚 grimace 😬 grin 😁 grinning 😀 guitar 🎸 hamburger 🍔 hammer 🔨
handshake 🤝 headphones 🎧 heart ❤️ heart_eyes 😍 herb 🌿 hourglass ⌛ house 🏠 hugs 🤗 hundred 💯 innocent 😇 joy 😂
key 🔑 kiss 😘 koala 🐨 laughing 😆 leaves 🍃 lemon 🍋 link 🔗 lock 🔒 mag 🔍 mate 🧉 melting 🫠 memo 📝 microscope 🔬
money 💰 monkey 🐵 moon 🌙 muscle 💪 mushroom 🍄 musical_note 🎵 nerd 🤓 neutral 😐 no_entry ⛔ ocean 🌊 octopus 🐙
ok 🆗 ok_hand 👌 orange_heart 🧡 owl 🦉 package 📦 palm_tree 🌴 panda 🐼 party 🥳 penguin 🐧 phone 📱 pig 🐷 pill 💊
pin 📌 pizza 🍕 pleading 🥺 point_down 👇 point_left 👈 point_right 👉 point_up 👆 poop 💩 popcorn 🍿 pray 🙏
purple_heart 💜 pushpin 📌 question ❓ rage 😡 rainbow 🌈 raised_hands 🙌 recycle 🔄 relieved 😌 robot 🤖 rocket 🚀
rofl 🤣 roll_eyes 🙄 rose 🌹 sake 🍶 salute 🫡 satellite 📡 scream 😱 see_no_evil 🙈 seedling 🌱 shrug 🤷 skull 💀
sleeping 😴 slight_smile 🙂 smile 😄 smirk 😏 snail 🐌 snake 🐍 snowman ⛄ sob 😭 sparkles ✨ star ⭐ star_struck 🤩
sunflower 🌻 sunglasses 😎 sushi 🍣 sweat 😓 sweat_smile 😅 tada 🎉 taxi 🚕 tea 🍵 teapot 🫖 telescope 🔭 thinking 🤔
thumbsdown 👎 thumbsup 👍 tiger 🐯 tongue 😛 train 🚆 trophy 🏆 turtle 🐢 umbrella ☔ unicorn 🦄 unlock 🔓 upside_down 🙃
wave 👋 weary 😩 whale 🐳 whisky 🥃 wine 🍷 wink 😉 worried 😟 wrench 🔧 x ❌ yellow_heart 💛 yum 😋 zap ⚡ zipper 🤐 zzz 💤
`
