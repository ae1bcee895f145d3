import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.concurrent.*;
import org.apache.kafka.clients.admin.AdminClient;

/** Logs in by each of the properties files of a folder, and prints what it came to: the file's name, a tab, topics or the error's class. */
public final class Logins {
    public static void main(String[] arguments) throws Exception {
        List<Path> files;
        try (var all = Files.list(Path.of(arguments[0]))) { files = all.filter(f -> f.toString().endsWith(".properties")).toList(); }
        var pool = Executors.newFixedThreadPool(16);
        var outcomes = new ArrayList<Future<String>>();
        for (var file : files) outcomes.add(pool.submit(() -> file.getFileName() + "\t" + outcome(file)));
        for (var outcome : outcomes) System.out.println(outcome.get());
        pool.shutdown();
    }

    private static String outcome(Path file) throws Exception {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) { properties.load(reader); }
        properties.putIfAbsent("request.timeout.ms", "10000");
        properties.putIfAbsent("default.api.timeout.ms", "60000");
        try (var admin = AdminClient.create(properties)) {
            return String.join(",", new TreeSet<>(admin.listTopics().names().get(70, TimeUnit.SECONDS)));
        } catch (Throwable e) {
            var cause = e;
            while (cause.getCause() != null && !cause.getClass().getName().startsWith("org.apache.kafka.common.errors.")) cause = cause.getCause();
            return cause.getClass().getSimpleName();
        }
    }
}
