-- Posts a reply, each with its own text. The token against forgery comes from the environment.
dofile(os.getenv("BENCH_REPORT"))
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Referer"] = os.getenv("BENCH_ORIGIN") .. "/"
local count = 0
-- Letters, since long numbers are taken for telephones and the text would be shown again.
local function letters(number)
  return (tostring(number):gsub("%D", ""):gsub("%d", function(digit) return string.char(97 + digit) end))
end
local seed = letters(os.time()) .. letters(tostring({}):byte(-1))
request = function()
  count = count + 1
  local text = "R%C3%A9ponse+" .. seed .. "+" .. letters(count) .. "+au+sujet+du+lien+avec+la+famille"
  return wrk.format(nil, nil, nil, "csrfmiddlewaretoken=" .. os.getenv("BENCH_CSRF") .. "&text=" .. text)
end
