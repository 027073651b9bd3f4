-- Posts a reply, each with its own text. CSRF comes from the environment.
dofile(os.getenv("BENCH_REPORT"))
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Referer"] = os.getenv("BENCH_ORIGIN") .. "/"
local count = 0
local seed = tostring(os.time()) .. tostring({}):sub(8)
request = function()
  count = count + 1
  local text = "R%C3%A9ponse+" .. seed .. "+" .. count .. "+au+sujet+du+lien+avec+la+famille"
  return wrk.format(nil, nil, nil, "csrfmiddlewaretoken=" .. os.getenv("BENCH_CSRF") .. "&text=" .. text .. "&publier=1")
end
