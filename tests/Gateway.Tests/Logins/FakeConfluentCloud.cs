using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PartnerPlatform.Stack;

namespace PartnerPlatform.Gateway.Tests.Logins;

/// <summary>Confluent Cloud's API for API keys, as far as their owners go: the real one is not to be had here.</summary>
public sealed class FakeConfluentCloud(string key, string secret) : IAsyncDisposable
{
    private WebApplication? _app;
    private int _asked;

    public string Url { get; } = $"http://127.0.0.1:{FreePorts.Take()}";

    /// <summary>Owner by API key.</summary>
    public ConcurrentDictionary<string, string> Owners { get; } = new();

    public int Asked => Volatile.Read(ref _asked);

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Url);
        _app = builder.Build();
        _app.MapGet("/iam/v2/api-keys/{id}", (string id, HttpRequest request) =>
        {
            Interlocked.Increment(ref _asked);
            return request.Headers.Authorization != "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key}:{secret}")) ? Results.Unauthorized()
                : Owners.TryGetValue(id, out var owner) ? Results.Json(new { api_version = "iam/v2", id, spec = new { owner = new { id = owner } } })
                : Results.NotFound();
        });
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
